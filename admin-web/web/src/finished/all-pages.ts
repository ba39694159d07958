const MOST = 10_000;
const PAGE = 100;

interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** Reads a list to its end, page by page. */
export async function allPages<Item>(read: (page: { cursor?: string; limit: number }) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < MOST);
  return items;
}
