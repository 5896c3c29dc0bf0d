import { useCall } from '#renderer/backend/use-call.ts';

type Changing = 'testSource' | 'connectSource' | 'changeSource' | 'removeSource' | 'openFile';

/** A call that tests or changes sources. All that is shown of them is asked anew when it has changed something. */
export function useSourceCall<Name extends Changing>(name: Name) {
  return useCall(name, { keeps: name === 'testSource' || name === 'openFile' });
}
