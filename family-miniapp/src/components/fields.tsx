import { Button, Input, Text, Textarea, View } from '@tarojs/components';
import type { PropsWithChildren } from 'react';
import { aria } from './aria';

interface Base {
  label: string;
  /** What is wrong with it. */
  wrong?: string | undefined;
  hint?: string;
}

/** A field's label above it and what is wrong with it below. */
export function Labelled({ label, wrong, hint, children }: PropsWithChildren<Base>) {
  return (
    <View className={wrong ? 'item item-wrong' : 'item'}>
      <Text className="item-label">{label}</Text>
      {children}
      {hint ? <Text className="item-hint">{hint}</Text> : null}
      {wrong ? (
        <Text className="item-problem" {...aria({ role: 'alert' })} data-testid="field-problem">
          {wrong}
        </Text>
      ) : null}
    </View>
  );
}

interface TextProps extends Base {
  name: string;
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'idcard' | 'number';
  password?: boolean;
  most?: number;
  placeholder?: string;
}

export function TextField({ name, value, onChange, type = 'text', password = false, most = 64, placeholder = '', ...base }: TextProps) {
  return (
    <Labelled {...base}>
      <Input
        className="field"
        type={type}
        password={password}
        maxlength={most}
        placeholder={placeholder}
        value={value}
        {...aria({ label: base.label })}
        data-testid={`field-${name}`}
        onInput={(event) => onChange(event.detail.value)}
      />
    </Labelled>
  );
}

export function LongField({ name, value, onChange, most = 200, placeholder = '', ...base }: Omit<TextProps, 'type' | 'password'>) {
  return (
    <Labelled {...base}>
      <Textarea
        className="field field-long"
        maxlength={most}
        placeholder={placeholder}
        value={value}
        {...aria({ label: base.label })}
        data-testid={`field-${name}`}
        onInput={(event) => onChange(event.detail.value)}
      />
    </Labelled>
  );
}

export interface Choice {
  value: string;
  label: string;
}

interface ChoiceProps extends Base {
  name: string;
  options: readonly Choice[];
  /** Those chosen. */
  value: readonly string[];
  onChange: (value: string[]) => void;
  /** Several may be chosen. */
  several?: boolean;
}

/** A choice of a few, as large buttons: nothing has to be unfolded. */
export function ChoiceField({ name, options, value, onChange, several = false, ...base }: ChoiceProps) {
  const choose = (one: string) => {
    if (!several) return onChange([one]);
    onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
  };
  return (
    <Labelled {...base}>
      <View className="chips" {...aria({ role: several ? 'group' : 'radiogroup', label: base.label })}>
        {options.map((option) => {
          const chosen = value.includes(option.value);
          return (
            <Button
              key={option.value}
              className={chosen ? 'chip chip-on' : 'chip'}
              {...aria({ role: several ? 'checkbox' : 'radio', checked: chosen })}
              data-testid={`choice-${name}`}
              data-value={option.value}
              onClick={() => choose(option.value)}
            >
              {option.label}
            </Button>
          );
        })}
      </View>
    </Labelled>
  );
}
