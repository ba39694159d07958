interface Aria {
  role?: 'alert' | 'button' | 'checkbox' | 'dialog' | 'group' | 'heading' | 'radio' | 'radiogroup' | 'status';
  label?: string;
  checked?: boolean;
  disabled?: boolean;
  /** Says nothing that is not said beside it. */
  hidden?: true;
}

/** What screen readers are told of an element: browsers and WeChat name it differently. */
export function aria({ role, label, checked, disabled, hidden }: Aria): Record<string, string> {
  const roleName = process.env.TARO_ENV === 'h5' ? 'role' : 'aria-role';
  return {
    ...(role ? { [roleName]: role } : {}),
    ...(label ? { 'aria-label': label } : {}),
    ...(checked === undefined ? {} : { 'aria-checked': String(checked) }),
    ...(disabled ? { 'aria-disabled': 'true' } : {}),
    ...(hidden ? { 'aria-hidden': 'true' } : {}),
    ...(role === 'heading' ? { 'aria-level': '1' } : {}),
  };
}
