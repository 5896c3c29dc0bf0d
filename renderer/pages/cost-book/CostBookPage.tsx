import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { CostBookForm } from './CostBookForm.tsx';

/** What hardware, power and tokens are priced at. Money is worked out when it is read: a saved price reprices all history. */
export function CostBookPage() {
  const { queries } = useBackend();
  const query = useQuery(queries.costBook());
  return (
    <Answer query={query} what="The cost book" skeleton={<PageSkeleton />}>
      {(answer) => <CostBookForm answer={answer} />}
    </Answer>
  );
}
