interface Platform {
  template: { mergeComponents(context: unknown, components: Record<string, Record<string, string>>): void };
}
interface PluginContext {
  registerMethod(method: { name: string; fn: (platform: Platform) => void }): void;
}

const ATTRIBUTES = { 'aria-role': '', 'aria-label': '', 'aria-checked': '', 'aria-disabled': '', 'aria-hidden': '' };

/** Lets Taro's templates for WeChat pass on what screen readers are told; by themselves they drop it. */
export default (context: PluginContext): void =>
  context.registerMethod({
    name: 'onSetupClose',
    fn: ({ template }) =>
      template?.mergeComponents(
        context,
        Object.fromEntries(['View', 'Text', 'Button', 'Input', 'Textarea'].map((name) => [name, ATTRIBUTES])),
      ),
  });
