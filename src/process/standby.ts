/** Whether this replica has seen that another leads: then whatever is not registered is for that one to make. */
export type Standby = { readonly now: () => boolean; readonly set: (standby: boolean) => void };

/** Nobody leads as far as is known. */
export const makeStandby = (): Standby => {
  let now = false;
  return {
    now: () => now,
    set: (standby) => {
      now = standby;
    },
  };
};
