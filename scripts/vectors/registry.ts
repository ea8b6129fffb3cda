import { api } from './api.ts';
import { calc } from './calc.ts';
import type { VectorKind } from './kind.ts';
import { reconcileKind } from './reconcile.ts';
import { render } from './render.ts';
import { unit } from './unit.ts';

/** All kinds of vector lines. The first that matches counts. */
export const KINDS: readonly VectorKind[] = [calc, reconcileKind, unit, api, render];
