/** Pictures that replace others: fetched and decoded out of sight first. */

/**
 * Calls `ready` once the picture can be painted at once. One that cannot be had is not called for: the old one stays. What is returned takes the
 * wish back.
 */
export function loaded(address: string, ready: () => void): () => void {
  let wanted = true;
  const picture = new Image();
  picture.src = address;
  picture.decode().then(
    () => wanted && ready(),
    () => undefined,
  );
  return () => {
    wanted = false;
  };
}
