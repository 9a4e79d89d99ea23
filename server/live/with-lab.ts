// Lays the lab over the gateway of the embedded cluster, so that its channel and calls travel as all others do. Made by main.ts. It
// adds `lab.*` or refuses it, and nothing else: everything of Kafka's goes on to the gateway.
import { ClusterError, type ClusterGateway, type Watch } from '../gateway/gateway.ts';
import type { LabControl } from '../lab/lab.ts';
import { labLacks } from './contract/lacks.ts';
import type {
  CallArgs,
  CallName,
  CallResult,
  ChannelName,
  Channels,
  ClusterCapabilities,
  LabCallName,
  LabVerb,
  LabView,
  MapParams,
  MapView,
} from './contract.ts';
import { MapWithProducers } from './map-producers.ts';

/** By name: live/ may know the lab's types only. */
const EXPLAINED: ReadonlySet<string> = new Set(['LabRefusal', 'NodeStateError', 'NodeStartError']);

export const EXTERNAL_SENTENCE =
  'The brokers of this cluster do not run in this process, so they cannot be stopped or broken from here.';
export const PRODUCTION_SENTENCE =
  'This cluster is marked production, so nothing here can stop or break its nodes. Start it without --production to have the lab.';

/** A cluster without a lab: its channel and its calls are refused with `sentence`, and the page says it too. */
export function withoutLab(gateway: ClusterGateway, sentence: string): ClusterGateway {
  const refuse = () => new ClusterError('NO_LAB', sentence);
  return overlay(gateway, {
    capabilities: { lab: false, whyNoLab: sentence },
    lacks: labLacks(sentence),
    watch: () => {
      throw refuse();
    },
    call: () => Promise.reject(refuse()),
  });
}

export function withLab(gateway: ClusterGateway, lab: LabControl): ClusterGateway {
  const map = new MapWithProducers(gateway, () => lab.clients());
  return overlay(gateway, {
    capabilities: { lab: true },
    map,
    watch: (onChange) => lab.watch(onChange),
    call: async (name, args) => {
      try {
        return await runLabCall(lab, name, args);
      } catch (error) {
        throw explain(error);
      }
    },
  });
}

interface LabFace {
  readonly capabilities: Pick<ClusterCapabilities, 'lab' | 'whyNoLab'>;
  /** Beside what the cluster lacks for itself. */
  readonly lacks?: ClusterCapabilities['lacks'];
  /** The map with what the brokers of this process know of producers. */
  readonly map?: MapWithProducers;
  watch(onChange: () => void): Watch<LabView>;
  call(name: LabCallName, args: CallArgs<LabCallName>): Promise<unknown>;
}

function overlay(gateway: ClusterGateway, face: LabFace): ClusterGateway {
  return {
    summary() {
      const summary = gateway.summary();
      const lacks = { ...summary.capabilities.lacks, ...face.lacks };
      return { ...summary, capabilities: { ...summary.capabilities, ...face.capabilities, lacks } };
    },
    watch<N extends ChannelName>(
      channel: N,
      params: Channels[N]['params'],
      onChange: () => void,
      onError: (error: ClusterError) => void,
    ): Watch<Channels[N]['data']> {
      if (channel === 'map' && face.map !== undefined) {
        const watch: Watch<MapView> = face.map.watch(params as MapParams, onChange, onError);
        return watch as Watch<Channels[N]['data']>;
      }
      if (channel !== 'lab') return gateway.watch(channel, params, onChange, onError);
      return face.watch(onChange) as Watch<Channels[N]['data']>;
    },
    open: (stream, params, onReady, onError) => gateway.open(stream, params, onReady, onError),
    async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
      if (!isLabCall(name)) return gateway.call(name, args);
      return (await face.call(name, args as CallArgs<LabCallName>)) as CallResult<N>;
    },
    placement: (maxAgeMs) => gateway.placement(maxAgeMs),
    unregisterBroker: (brokerId) => gateway.unregisterBroker(brokerId),
    close: () => gateway.close(),
  };
}

function isLabCall(name: CallName): name is LabCallName {
  return name.startsWith('lab.');
}

/** An entry for each call that the lab declares. */
export type LabCalls = {
  readonly [N in LabCallName]: (lab: LabControl, args: CallArgs<N>) => CallResult<N> | Promise<CallResult<N>>;
};

const act =
  (verb: LabVerb) =>
  async (lab: LabControl, { nodeId }: { nodeId: number }) => {
    await lab.act(verb, nodeId);
    return { nodeId };
  };
const labCalls: LabCalls = {
  'lab.stop': act('stop'),
  'lab.kill': act('kill'),
  'lab.start': act('start'),
  'lab.freeze': act('freeze'),
  'lab.thaw': act('thaw'),
  'lab.restart': act('restart'),
  'lab.wipe': act('wipe'),
  'lab.rollingRestart': (lab) => ({ brokers: lab.rollingRestart() }),
  'lab.cancel': (lab) => ({ wasRunning: lab.cancel() }),
  'lab.addBroker': async (lab, { rack }) => ({ nodeId: await lab.addBroker(rack) }),
  'lab.removeBroker': async (lab, { nodeId }) => {
    await lab.removeBroker(nodeId);
    return { nodeId };
  },
  'lab.setLink': (lab, { from, to, fault }) => {
    lab.setLink(from, to, fault);
    return { from, to };
  },
  'lab.slowDisk': (lab, { nodeId, disk }) => {
    lab.slowDisk(nodeId, disk);
    return { nodeId };
  },
  'lab.addFault': (lab, { durationSeconds, ...order }) => ({ id: lab.addFault(order, durationSeconds * 1_000) }),
  'lab.endFault': (lab, { id }) => ({ wasInForce: lab.endFault(id) }),
  'lab.endAllFaults': (lab) => ({ ended: lab.endAllFaults() }),
};

/** The table has the right function for each name; TypeScript cannot follow the name through it. */
async function runLabCall(lab: LabControl, name: LabCallName, args: CallArgs<LabCallName>): Promise<unknown> {
  const run = labCalls[name] as (lab: LabControl, args: CallArgs<LabCallName>) => unknown;
  return run(lab, args);
}

function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !EXPLAINED.has(error.name)) return error;
  const sentence = error.message.slice(0, 1).toUpperCase() + error.message.slice(1);
  return new ClusterError('LAB_REFUSED', /[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
}
