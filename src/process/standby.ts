/** Whether this replica has seen another at work as the leader: then whatever is not registered is for that one to make. Who died may hold the lease for a while, and makes nothing. */
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
