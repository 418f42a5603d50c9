// @ts-check

/** @param {number} x */
export const times = (x) => `${x.toFixed(2)} ×`;
