'use client';
// The menu that shows and hides the columns of a list.
import { Columns3 } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { CheckMenu } from '../../ui/menu.tsx';
import { type ColumnChoice, withColumn } from './columns.ts';

interface Choosable {
  readonly id: string;
  readonly header: string;
  readonly isWideOnly?: boolean;
}

export function ColumnsMenu({
  columns,
  choice,
  onChoose,
}: {
  columns: readonly Choosable[];
  choice: ColumnChoice;
  onChoose: (choice: ColumnChoice) => void;
}) {
  return (
    <CheckMenu
      trigger={
        <Button look="quiet" data-testid="columns" icon={<Columns3 aria-hidden className="size-4" />}>
          Columns
        </Button>
      }
      entries={columns.slice(1).map(({ id, header, isWideOnly }) => ({
        id,
        isChecked: choice === null || choice.includes(id),
        label: (
          <>
            {header}
            {isWideOnly ? <span className="wide:hidden text-caption text-muted">in a wider window</span> : null}
          </>
        ),
      }))}
      all="Show all"
      onCheck={(id, isShown) => onChoose(withColumn(columns, choice, id, isShown))}
      onAll={() => onChoose(null)}
    />
  );
}
