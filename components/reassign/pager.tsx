'use client';
// "51–100 of 1,000" with a step back and a step on.
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { exact } from '../ui/format.ts';
import { PAGE_ROWS } from './wanted.ts';

export function Pager({
  page,
  matching,
  onPage,
}: {
  /** From 1. */
  page: number;
  matching: number;
  onPage: (page: number) => void;
}) {
  const pages = Math.max(1, Math.ceil(matching / PAGE_ROWS));
  if (pages === 1 && page === 1) return null;
  const first = (page - 1) * PAGE_ROWS + 1;
  return (
    <nav aria-label="Pages" className="flex items-center gap-1 text-table">
      <Button
        size="icon"
        look="quiet"
        aria-label="Page before"
        disabled={page <= 1}
        onClick={() => onPage(Math.min(pages, page - 1))}
        icon={<ChevronLeft aria-hidden className="size-4" />}
      />
      <span className="num min-w-[14ch] text-center text-muted" data-testid="reassign-page">
        {exact(Math.min(first, matching))}–{exact(Math.min(matching, page * PAGE_ROWS))} of {exact(matching)}
      </span>
      <Button
        size="icon"
        look="quiet"
        aria-label="Next page"
        disabled={page >= pages}
        onClick={() => onPage(page + 1)}
        icon={<ChevronRight aria-hidden className="size-4" />}
      />
    </nav>
  );
}
