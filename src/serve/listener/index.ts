// The door to `mvmtr serve`: from its command line to a running listener. What is wrong with the command line, an address or
// the configuration is said in one line, with exit status 100 (a mistake) or 111 (trouble that may pass), as tcpserver has it.

import { existsSync, writeSync } from 'node:fs';
import { remembering, readResolvConf, stubResolver } from '../../dns/index.ts';
import { writeLine } from '../../log/index.ts';
import { MVMTR, STOCK } from '../../session/index.ts';
import { type Bound, loadServing, type Serving, sys } from '../../sys/index.ts';
import { forLog } from '../../text/index.ts';
import type { Environment } from '../environment.ts';
