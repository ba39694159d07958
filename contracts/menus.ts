import { z } from 'zod';

const id = z.string().min(1).max(32);
const label = { zh: z.string().trim().min(1).max(32), en: z.string().trim().min(1).max(48) };

/** A part of the product with a menu of its own; when it is off, its menu is shown to nobody. */
export const Subsystem = z.object({ id, ...label, enabled: z.boolean() });
export type Subsystem = z.infer<typeof Subsystem>;

/** What an entry opens: nothing (it has entries below it), a page of the console by its key, or another address. */
export const MenuTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('group') }),
  z.object({ kind: z.literal('page'), page: z.string().min(1).max(64) }),
  z.object({
    kind: z.literal('link'),
    // Only what a browser opens as a page: `javascript:` would run in the console.
    url: z
      .string()
      .trim()
      .max(300)
      .regex(/^(https?:\/\/|\/(?!\/))\S+$/i, 'an address that begins with http://, https:// or /'),
  }),
]);
export type MenuTarget = z.infer<typeof MenuTarget>;

export const MenuEntry = z.object({ id, subsystemId: id, parentId: id.nullable(), ...label, target: MenuTarget, enabled: z.boolean() });
export type MenuEntry = z.infer<typeof MenuEntry>;

const MAX_DEPTH = 3;

/** What is wrong with the places of entries: field path → reason. */
function placeProblems({ subsystems, entries }: { subsystems: Subsystem[]; entries: MenuEntry[] }): [string, string][] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const known = new Set(subsystems.map((subsystem) => subsystem.id));
  const problems: [string, string][] = [];
  if (known.size < subsystems.length) problems.push(['subsystems', 'an id is there twice']);
  if (byId.size < entries.length) problems.push(['entries', 'an id is there twice']);
  for (const [index, entry] of entries.entries()) {
    if (!known.has(entry.subsystemId)) problems.push([`entries.${index}.subsystemId`, 'no such subsystem']);
    let depth = 1;
    let below = entry;
    for (; below.parentId !== null && depth <= MAX_DEPTH; depth++) {
      const parent = byId.get(below.parentId);
      if (parent?.target.kind !== 'group' || parent.subsystemId !== entry.subsystemId) {
        problems.push([`entries.${index}.parentId`, 'must be a group of the same subsystem']);
        break;
      }
      below = parent;
    }
    if (depth > MAX_DEPTH) problems.push([`entries.${index}.parentId`, `at most ${MAX_DEPTH} levels`]);
  }
  return problems;
}

/** The console's menu, in the order in which it is shown. Both lists empty: the built-in one. */
export const MenuLayout = z
  .object({ subsystems: z.array(Subsystem).max(20), entries: z.array(MenuEntry).max(200) })
  .superRefine((layout, context) => {
    for (const [path, message] of placeProblems(layout)) context.addIssue({ code: 'custom', path: path.split('.'), message });
  });
export type MenuLayout = z.infer<typeof MenuLayout>;
