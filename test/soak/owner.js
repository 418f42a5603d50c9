// @ts-check
/** A collection in a process of its own, to be killed: its request as JSON in the first argument. */
import { collect } from '../../dist/index.js';

const request = JSON.parse(process.argv[2] ?? '{}');
const { exitStatus } = await collect(request);
process.exitCode = exitStatus;
