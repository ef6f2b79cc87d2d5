/** A module that is no task: it has no export `run`. */
export const nothing = undefined;
