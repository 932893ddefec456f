import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { ProblemError } from './problem.js';

const SHOWN_CHARACTERS = 200;

/** Holds queries and bodies to their classes; unknown fields are refused. */
export function validation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (problems) => {
      const errors = problems.flatMap((problem) => fieldErrors(problem));
      const detail = errors.map(({ message }) => message).join('; ');
      return new ProblemError({ status: 400, reason: 'REQUEST_INVALID', detail, errors });
    },
  });
}

function fieldErrors(
  { property, value, constraints = {}, children = [] }: ValidationError,
  above = '',
): { field: string; message: string }[] {
  const field = `${above}${property}`;
  const messages = Object.entries(constraints).map(([kind, constraint]) => {
    const expected = kind === 'whitelistValidation' ? 'no such field' : constraint;
    const received = JSON.stringify(value) ?? 'none';
    const shown = received.length > SHOWN_CHARACTERS ? `${received.slice(0, SHOWN_CHARACTERS)}…` : received;
    return { field, message: `Expected ${expected} for ${field} but received ${shown}` };
  });
  const below: { field: string; message: string }[] = children.flatMap((child) =>
    fieldErrors(child, `${field}.`),
  );
  return [...messages, ...below];
}
