'use client';
// The client quotas of a cluster: searched, sorted and windowed by the server, with who is held by what above them; one opens beside.
import { type FirstPaint, QUOTA_KEYS, type QuotaRow } from '../../server/live/contract.ts';
import { ResourceList } from '../live/resource-list.tsx';
import { Unserved } from '../live/unserved.tsx';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { exact, word } from '../ui/format.ts';
import { Empty, Notice } from '../ui/notice.tsx';
import { Fact } from '../ui/page.tsx';
import { Beside } from './beside.tsx';
import { columns } from './columns.tsx';
import { quotaCommand } from './command.ts';
import { entityWords, kindWords } from './entity.ts';
import { Held } from './held.tsx';
import { limitTexts } from './limits.ts';
import { Throttling } from './precedence.tsx';
import { clientOf, quotaFields, quotaKinds, quotasAsked, typedClient } from './quotas-params.ts';
import { quotas as section } from './section.ts';

function NoQuota() {
  const servers = useCluster()?.bootstrapServers ?? [];
  return (
    <Empty
      title="No client is held to a quota"
      action={
        <ButtonLink look="primary" href="?new=1" scroll={false}>
          Set a quota
        </ButtonLink>
      }
    >
      <p>
        Every client may write, read and ask as much as the brokers can take. A quota holds a user, a client id or an
        address to a rate, so that one of them cannot starve the others. Set one here, or with Kafka’s tool:
      </p>
      <CopyBlock
        what="command"
        text={quotaCommand(servers, [{ type: 'client-id', name: 'orders-app' }], { producer_byte_rate: 10_000_000 })}
      />
    </Empty>
  );
}

export function Quotas({ initial }: { initial: FirstPaint<'quotas'> }) {
  const paths = usePaths();
  const why = useLack('quotas');
  const alterWhy = useLack('quota.alter');
  if (why !== null) return <Unserved title="This cluster does not tell its quotas" why={why} />;
  const canAlter = alterWhy === null;
  const hrefOf = ({ id }: QuotaRow) => paths.quota(id);
  return (
    <ResourceList
      channel="quotas"
      initial={initial}
      fields={quotaFields}
      asked={quotasAsked}
      title={section.title}
      nouns={['quota', 'quotas']}
      placeholder="User, client id or address"
      testIds={{ row: 'quota-row', count: 'quota-count' }}
      columns={columns}
      filters={[
        {
          kind: 'choice',
          field: 'kind',
          label: 'Kind',
          every: 'Every kind',
          options: () => quotaKinds.map((kind) => [kind, kindWords[kind]]),
        },
      ]}
      sorts={[
        { key: 'entity', label: 'name' },
        ...QUOTA_KEYS.map((key) => ({ key, label: limitTexts[key].label.toLowerCase(), isHighFirst: true })),
      ]}
      keyOf={(row) => row.id}
      nameOf={({ entity }) => entityWords(entity)}
      hrefOf={hrefOf}
      opens={{ key: ({ id }) => id, to: (id) => ({ id, new: '' }) }}
      action={{ label: 'Set a quota', testId: 'new-quota-button', to: { new: '1', id: '' }, needs: 'quota.alter' }}
      facts={(view) => <Fact label={word(view.total, 'client quota')}>{exact(view.total)}</Fact>}
      above={({ view, address, set }) => (
        <>
          {canAlter ? null : (
            <Notice level="notice">
              <p>Quotas can be looked at only. {alterWhy}</p>
            </Notice>
          )}
          <Held
            typed={typedClient(address)}
            client={clientOf(typedClient(address))}
            held={view.held}
            {...{ set, hrefOf }}
          />
        </>
      )}
      below={<Throttling />}
      empty={<NoQuota />}
      beside={({ view, address, isPrevious, close }) => (
        <Beside id={address.id} from={address.new} onClose={close} {...{ view, canAlter, isPrevious, hrefOf }} />
      )}
    />
  );
}
