/** A role said outright: a table that narrow pages lay out as a list of records stays a table to those who listen. */
export const as = (role: string) => ({ role });
