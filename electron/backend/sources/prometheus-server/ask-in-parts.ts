import { succeed, type Result } from '#shared/lib/result.ts';
import type { HttpClient, HttpTarget } from '../http/http-client.ts';
import { rawSamples, type SampleQuestion, type ServerAnswer, type ServerFailure } from './server-api.ts';

/** A question is divided by its metric names as far as this; what is still too much then has to be asked over less time. */
const PARTS_MAX = 32;

/** A longer stretch is rather made shorter than divided: whoever asks for it can ask for less time. */
const SECONDS_DIVIDED_MAX = 600;

/** Answers in a row after which a question that was divided is tried in fewer parts again: limits change. */
const ANSWERS_BEFORE_FEWER = 30;

/** Asks for raw samples in as few questions as a server's limits allow, and remembers how many that are. */
export type AskInParts = (
  server: HttpTarget,
  question: SampleQuestion,
  signal: AbortSignal,
) => Promise<Result<ServerAnswer, ServerFailure>>;

/**
 * All parts are of the same stretch of time, so that their series put together are those of one answer. The first part that
 * fails ends the question: half of it would look like metrics that are gone.
 */
export function createAskInParts(http: HttpClient): AskInParts {
  let parts = 1;
  let answers = 0;
  return async (server, question, signal) => {
    for (;;) {
      const answer = await askParts(http, server, question, parts, signal);
      if (answer.ok) {
        answers += 1;
        if (parts > 1 && answers >= ANSWERS_BEFORE_FEWER) {
          parts /= 2;
          answers = 0;
        }
        return answer;
      }
      answers = 0;
      const isDividable = question.seconds <= SECONDS_DIVIDED_MAX && parts < Math.min(PARTS_MAX, question.names.length);
      if (answer.failure.kind !== 'too-much' || !isDividable) return answer;
      parts *= 2;
    }
  };
}

async function askParts(
  http: HttpClient,
  server: HttpTarget,
  question: SampleQuestion,
  parts: number,
  signal: AbortSignal,
): Promise<Result<ServerAnswer, ServerFailure>> {
  const answers: ServerAnswer[] = [];
  for (const names of partsOf(question.names, parts)) {
    const answer = await rawSamples(http, server, { ...question, names }, signal);
    if (!answer.ok) return answer;
    answers.push(answer.value);
  }
  return succeed(together(answers));
}

/** Names dealt out like cards: the many series of one histogram stand beside each other in the list. */
function partsOf(names: readonly string[], parts: number): readonly (readonly string[])[] {
  const dealt: string[][] = Array.from({ length: Math.min(parts, names.length) }, () => []);
  names.forEach((name, index) => dealt[index % dealt.length]?.push(name));
  return dealt;
}

function together(answers: readonly ServerAnswer[]): ServerAnswer {
  return {
    series: answers.flatMap(({ series }) => series),
    warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))],
    infos: [...new Set(answers.flatMap(({ infos }) => infos))],
    histograms: answers.reduce((total, { histograms }) => total + histograms, 0),
    clockAheadSeconds: answers[0]?.clockAheadSeconds ?? null,
    marksStale: answers.some(({ marksStale }) => marksStale),
  };
}
