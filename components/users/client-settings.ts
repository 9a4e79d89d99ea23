// What a client needs to log in, for three of them, and the commands that do what the forms do. Pure: a password is put in only where
// it is given.
import type { ClientListener, ScramMechanism } from '../../server/live/contract.ts';
import { shellWord } from '../ui/shell-word.ts';

export const tools = ['kcat', 'java', 'kafkajs'] as const;
export type Tool = (typeof tools)[number];
export const toolNames: Readonly<Record<Tool, string>> = { kcat: 'kcat', java: 'Java', kafkajs: 'kafkajs' };

export const NO_PASSWORD = '<password>';

export interface Login {
  readonly listener: Pick<ClientListener, 'protocol' | 'addresses'>;
  readonly mechanism: ScramMechanism;
  readonly user: string;
  readonly password: string;
}

export function clientSettings(tool: Tool, { listener, mechanism, user, password }: Login): string {
  const servers = listener.addresses.join(',');
  switch (tool) {
    case 'kcat':
      return [
        `kcat -b ${servers} \\`,
        `  -X security.protocol=${listener.protocol} -X sasl.mechanisms=${mechanism} \\`,
        `  -X ${shellWord(`sasl.username=${user}`)} -X ${shellWord(`sasl.password=${password}`)} -L`,
      ].join('\n');
    case 'java':
      return [
        `bootstrap.servers=${servers}`,
        `security.protocol=${listener.protocol}`,
        `sasl.mechanism=${mechanism}`,
        'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\',
        `  username=${jaasWord(user)} \\`,
        `  password=${jaasWord(password)};`,
      ].join('\n');
    case 'kafkajs':
      return [
        'const kafka = new Kafka({',
        `  brokers: [${listener.addresses.map(scriptText).join(', ')}],`,
        ...(listener.protocol === 'SASL_SSL' ? ['  ssl: true,'] : []),
        `  sasl: { mechanism: '${mechanism.toLowerCase()}', username: ${scriptText(user)}, password: ${scriptText(password)} },`,
        '});',
      ].join('\n');
  }
}

/** Quoted for JAAS, then for a properties file, which takes backslashes away once more. */
function jaasWord(text: string): string {
  const quoted = `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return quoted.replaceAll('\\', '\\\\');
}

function scriptText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** Never with the password that was typed: a shell keeps what is run. */
export function passwordCommand(
  bootstrapServers: readonly string[],
  user: string,
  mechanisms: readonly ScramMechanism[],
  iterations: number,
): string {
  const configs = mechanisms.map((mechanism) => `${mechanism}=[iterations=${iterations},password=${NO_PASSWORD}]`);
  return `bin/kafka-configs.sh --bootstrap-server ${bootstrapServers.join(',')} \\\n  --alter --add-config ${shellWord(configs.join(','))} \\\n  --entity-type users --entity-name ${shellWord(user)}`;
}

export function deleteCommand(
  bootstrapServers: readonly string[],
  user: string,
  mechanisms: readonly ScramMechanism[],
): string {
  return `bin/kafka-configs.sh --bootstrap-server ${bootstrapServers.join(',')} \\\n  --alter --delete-config ${shellWord(mechanisms.join(','))} \\\n  --entity-type users --entity-name ${shellWord(user)}`;
}
