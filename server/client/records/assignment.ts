// Reads a classic member's assignment (ConsumerProtocolAssignment: version, topics with partitions, user data). Kafka only
// passes these bytes on, so whatever a foreign client wrote must not break the page: unreadable bytes give no assignment.

export interface Assignment {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** Source: ConsumerProtocolAssignment.json in Apache Kafka. */
export function assignmentsOf(bytes: Buffer): readonly Assignment[] {
  if (bytes.length < 6) return [];
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function read(bytes: Buffer): readonly Assignment[] {
  const assignments: Assignment[] = [];
  const topicCount = bytes.readInt32BE(2);
  let at = 6;
  for (let index = 0; index < topicCount; index += 1) {
    const nameLength = bytes.readInt16BE(at);
    const topic = bytes.toString('utf8', at + 2, at + 2 + nameLength);
    at += 2 + nameLength;
    const partitionCount = bytes.readInt32BE(at);
    at += 4;
    const partitions: number[] = [];
    for (let partition = 0; partition < partitionCount; partition += 1) {
      partitions.push(bytes.readInt32BE(at));
      at += 4;
    }
    assignments.push({ topic, partitions: partitions.sort((left, right) => left - right) });
  }
  return assignments;
}
