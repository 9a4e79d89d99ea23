'use client';
// The button that opens or does something which the cluster may not be able to do: greyed with the reason where it cannot.
import type { ComponentProps } from 'react';
import { Button, ButtonLink, type ButtonProps } from '../ui/button.tsx';
import { GreyedButton } from '../ui/greyed-button.tsx';
import { type Needed, useLack } from './use-lack.ts';

/** `needs` is the call that the press leads to. */
export function ActionButton({ needs, ...rest }: ButtonProps & { needs: Needed }) {
  const why = useLack(needs);
  return why === null ? <Button {...rest} /> : <GreyedButton {...rest} why={why} />;
}

/** The same for a link that looks like a button: where the cluster cannot, it is a greyed button. */
export function ActionLink({ needs, ...rest }: ComponentProps<typeof ButtonLink> & { needs: Needed }) {
  const why = useLack(needs);
  if (why === null) return <ButtonLink {...rest} />;
  const { look, size, icon, className, children } = rest;
  return (
    <GreyedButton why={why} className={className} {...(look && { look })} {...(size && { size })} icon={icon}>
      {children}
    </GreyedButton>
  );
}
