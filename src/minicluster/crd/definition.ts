import { z } from 'zod';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { Schema } from './schema.ts';

export interface DefinitionNames {
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[] | undefined;
  readonly kind: string;
  readonly listKind: string;
  readonly categories?: readonly string[] | undefined;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string | undefined;
  readonly description?: string | undefined;
  readonly priority?: number | undefined;
  readonly jsonPath: string;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string | undefined;
}

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated: boolean;
  readonly deprecationWarning?: string | undefined;
  readonly schema?: { readonly openAPIV3Schema?: Schema | undefined } | undefined;
  readonly subresources?: { readonly status?: unknown; readonly scale?: ScalePaths | undefined } | undefined;
  readonly additionalPrinterColumns?: readonly PrinterColumn[] | undefined;
  readonly selectableFields?: readonly { readonly jsonPath: string }[] | undefined;
}

/** The spec of a CustomResourceDefinition. */
export interface Definition {
  readonly group: string;
  readonly names: DefinitionNames;
  readonly scope: string;
  readonly versions: readonly DefinitionVersion[];
}

const Names: z.ZodType<DefinitionNames> = z.object({
  plural: z.string(),
  singular: z.string().default(''),
  shortNames: z.array(z.string()).optional(),
  kind: z.string(),
  listKind: z.string().default(''),
  categories: z.array(z.string()).optional(),
});
const Version: z.ZodType<DefinitionVersion> = z.object({
  name: z.string(),
  served: z.boolean().default(false),
  storage: z.boolean().default(false),
  deprecated: z.boolean().default(false),
  deprecationWarning: z.string().optional(),
  schema: z.object({ openAPIV3Schema: Schema.optional() }).optional(),
  subresources: z
    .object({
      status: z.looseObject({}).optional(),
      scale: z
        .object({
          specReplicasPath: z.string(),
          statusReplicasPath: z.string(),
          labelSelectorPath: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  additionalPrinterColumns: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        format: z.string().optional(),
        description: z.string().optional(),
        priority: z.number().optional(),
        jsonPath: z.string(),
      }),
    )
    .optional(),
  selectableFields: z.array(z.object({ jsonPath: z.string() })).optional(),
});
const Shape: z.ZodType<Definition> = z.object({
  group: z.string().default(''),
  names: Names,
  scope: z.string().default(''),
  versions: z.array(Version).default([]),
});

/** The spec of a CustomResourceDefinition; undefined when it is not even one in shape. */
export function definitionOf(object: KubeObject): Definition | undefined {
  const parsed = Shape.safeParse(object['spec']);
  return parsed.success ? parsed.data : undefined;
}

/** Newest first: v2, v1, v1beta1, v1alpha1, then others by name (apimachinery version.CompareKubeAwareVersionStrings). */
export function byPriority(a: string, b: string): number {
  const rank = (name: string): readonly number[] | undefined => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name);
    if (match === null) return undefined;
    const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
    return [stage, Number(match[1]), Number(match[3] ?? 0)];
  };
  const [x, y] = [rank(a), rank(b)];
  if (x === undefined || y === undefined) return x === y ? (a < b ? -1 : 1) : x === undefined ? 1 : -1;
  const at = x.findIndex((value, index) => value !== y[index]);
  return at < 0 ? 0 : (y[at] ?? 0) - (x[at] ?? 0);
}
