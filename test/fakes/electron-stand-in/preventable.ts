/** An event whose listeners may say no. */
export function preventable<Details extends object>(
  details: Details,
): Details & { preventDefault(): void; readonly defaultPrevented: boolean } {
  let prevented = false;
  return {
    ...details,
    preventDefault: () => {
      prevented = true;
    },
    get defaultPrevented() {
      return prevented;
    },
  };
}
