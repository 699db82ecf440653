/** What a command of the command line is, and what it may end with. */
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Config } from '../config/load.ts';

/** 0: done. 1: it could not be done, or what was asked about is not as it should be. 2: the words make no sense. */
export type ExitCode = 0 | 1 | 2;

interface WordsOfCommand {
  /** The words that name it: `errands retry`. */
  readonly name: string;
  /** What follows them, for the help: `<recovery id> <key>`. */
  readonly follows: string;
  /** One line. */
  readonly summary: string;
  /** For its own `--help`: what the summary leaves open. */
  readonly details?: string;
  /** Of `util.parseArgs`. */
  readonly options?: ParseArgsOptionsConfig;
  /** How many words must follow, or at least and at most how many. Default 0. */
  readonly words?: number | readonly [least: number, most: number];
}

/** Works on an installation: it is given a configuration that can be used. */
export interface Command extends WordsOfCommand {
  readonly standalone?: false;
  run(config: Config, terminal: Terminal, given: Given): Promise<ExitCode>;
}

/** Works without any configuration. */
export interface StandaloneCommand extends WordsOfCommand {
  readonly standalone: true;
  run(terminal: Terminal, given: Given): Promise<ExitCode>;
}

export type AnyCommand = Command | StandaloneCommand;

/** Where a command says things, line by line. */
export interface Terminal {
  /** The answer: standard output. */
  print(line: string): void;
  /** Progress, and why there is no answer: standard error. */
  note(line: string): void;
}

export interface Given {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}
