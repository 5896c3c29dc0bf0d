import { Icon } from '#renderer/components/Icon.tsx';

/** What a chip has chosen, with the sign that more can be. */
export function ChipName({ name }: { readonly name: string }) {
  return (
    <>
      {name}
      <Icon name="down" size={10} />
    </>
  );
}
