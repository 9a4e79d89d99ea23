'use client';
// The menu that shows and hides the columns of a list. It stays open while one after the other is chosen.
import { Menu } from '@base-ui/react/menu';
import { Check, Columns3 } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { type ColumnChoice, withColumn } from './columns.ts';

interface Choosable {
  readonly id: string;
  readonly header: string;
  readonly isWideOnly?: boolean;
}
const line =
  'flex h-8 cursor-pointer items-center gap-2 px-3 text-table text-ink outline-none data-[highlighted]:bg-s2';

export function ColumnsMenu({
  columns,
  choice,
  onChoose,
}: {
  columns: readonly Choosable[];
  choice: ColumnChoice;
  onChoose: (choice: ColumnChoice) => void;
}) {
  const isShown = (id: string) => choice === null || choice.includes(id);
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        render={
          <Button look="quiet" data-testid="columns" icon={<Columns3 aria-hidden className="size-4" />}>
            Columns
          </Button>
        }
      />
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-50">
          <Menu.Popup className="min-w-52 rounded border bg-s1 py-1 shadow-overlay outline-none">
            {columns.slice(1).map(({ id, header, isWideOnly }) => (
              <Menu.CheckboxItem
                key={id}
                closeOnClick={false}
                checked={isShown(id)}
                onCheckedChange={(isChecked) => onChoose(withColumn(columns, choice, id, isChecked))}
                className={line}
              >
                <span aria-hidden className="flex size-4 items-center">
                  <Menu.CheckboxItemIndicator render={<Check className="size-4 text-accent" />} />
                </span>
                {header}
                {isWideOnly ? <span className="wide:hidden text-caption text-muted">in a wider window</span> : null}
              </Menu.CheckboxItem>
            ))}
            <Menu.Separator className="my-1 border-t" />
            <Menu.Item closeOnClick onClick={() => onChoose(null)} className={line}>
              <span className="size-4" />
              Show all
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
