'use client';
// The empty state that teaches: exact commands against this cluster's address.
import { Tabs } from '@base-ui/react/tabs';
import { CopyBlock } from '../ui/copy-button.tsx';

function commandsOf(servers: string) {
  return [
    {
      id: 'kcat',
      label: 'kcat',
      text: `echo 'hello' | kcat -b ${servers} -t orders -P\nkcat -b ${servers} -t orders -C -o beginning -e`,
    },
    {
      id: 'kafkajs',
      label: 'kafkajs',
      text: `import { Kafka } from 'kafkajs';\nconst kafka = new Kafka({ brokers: [${servers
        .split(',')
        .map((server) => `'${server}'`)
        .join(
          ', ',
        )}] });\nconst producer = kafka.producer();\nawait producer.connect();\nawait producer.send({ topic: 'orders', messages: [{ key: 'c-1', value: 'hello' }] });\nawait producer.disconnect();`,
    },
    {
      id: 'java',
      label: 'Java console',
      text: `bin/kafka-console-producer.sh --bootstrap-server ${servers} --topic orders\nbin/kafka-console-consumer.sh --bootstrap-server ${servers} --topic orders --from-beginning`,
    },
  ] as const;
}

export function ClientCommands({ bootstrapServers }: { bootstrapServers: readonly string[] }) {
  const commands = commandsOf(bootstrapServers.join(','));
  return (
    <Tabs.Root defaultValue="kcat" className="flex flex-col gap-2">
      <Tabs.List aria-label="Client" className="flex gap-4 border-b">
        {commands.map(({ id, label }) => (
          <Tabs.Tab
            key={id}
            value={id}
            className="-mb-px h-8 border-b-2 border-transparent text-table text-muted data-[active]:border-accent data-[active]:font-medium data-[active]:text-ink-strong"
          >
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {commands.map(({ id, label, text }) => (
        <Tabs.Panel key={id} value={id}>
          <CopyBlock text={text} what={`${label} commands`} />
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
