'use client';
export { SectionError as default } from '../../../components/shell/route-states.tsx';
