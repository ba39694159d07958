import { type ComponentType, lazy } from 'react';

export interface Preloadable {
  Page: ComponentType;
  /** Loads the component ahead, so that it is drawn at once: React holds back what comes soon after a placeholder for half a second. */
  preload: () => Promise<void>;
}

/** A component that is loaded when it is first drawn, or before. */
export function preloadable(load: () => Promise<ComponentType>): Preloadable {
  let loaded: ComponentType | null = null;
  const keep = async () => {
    loaded ??= await load();
    return loaded;
  };
  const Later = lazy(async () => ({ default: await keep() }));
  const Page = () => {
    const Loaded = loaded;
    return Loaded ? <Loaded /> : <Later />;
  };
  return { Page, preload: async () => void (await keep()) };
}
