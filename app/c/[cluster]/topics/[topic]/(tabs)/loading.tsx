export { SectionLoading as default } from '../../../../../../components/shell/route-states.tsx';
