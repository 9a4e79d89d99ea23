// Words for nodes and the links between them. Pure.
import type { LabLink, LabNodeRow } from '../../../server/live/contract.ts';
import { nameOf } from '../verbs.ts';

export type LinkEnd = Pick<LabNodeRow, 'id' | 'role'>;
export type NodePair = readonly [LinkEnd, LinkEnd];

export const longName = (node: LinkEnd): string => (node.role === 'controller' ? 'the controller' : nameOf(node));
export const shortName = (node: LinkEnd): string => (node.role === 'controller' ? 'Ctrl' : `B${node.id}`);

export function linkOf(links: readonly LabLink[], a: number, b: number): LabLink | undefined {
  return links.find(({ from, to }) => (from === a && to === b) || (from === b && to === a));
}

/** "broker 1 to broker 2 is cut", "between broker 1 and the controller everything takes 300 ms longer" */
export function linkText({ from, fault }: LabLink, [one, other]: NodePair): string {
  const [sender, receiver] = one.id === from ? [one, other] : [other, one];
  const way = fault.oneWay
    ? `from ${longName(sender)} to ${longName(receiver)}`
    : `between ${longName(one)} and ${longName(other)}`;
  return fault.kind === 'cut' ? `${way} nothing arrives` : `${way} everything takes ${fault.delayMs} ms longer`;
}

/** What cutting or slowing would hit, in words. */
export function linkHits([one, other]: NodePair, isCut: boolean): readonly string[] {
  const controller = [one, other].find(({ role }) => role === 'controller');
  const broker = [one, other].find(({ role }) => role === 'broker');
  if (controller !== undefined && broker !== undefined) {
    return isCut
      ? [`The controller hears nothing of broker ${broker.id}: after its session, 9 s, others lead what it leads.`]
      : [`Heartbeats of broker ${broker.id} come late; beyond 9 s it is taken for dead.`];
  }
  return isCut
    ? [
        'Neither copies what the other leads: where records are written, they leave each other’s in-sync replicas after 30 s.',
        'Writes with acks=all wait until then.',
      ]
    : ['Writes with acks=all wait for the copies that come late.'];
}
