/** Whether everything that a collection needs is there and well; the repairs that lose nothing. */
export type { Finding, Level } from './check.js';
export { type Diagnosis, type DoctorRequest, examine } from './examine.js';
export type { Repair } from './repair.js';
export { renderDiagnosis } from './render.js';
export { type DoctorWorld, realDoctorWorld } from './world.js';
