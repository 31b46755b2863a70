/** A fault the server described (RFC 9457), or one on the way to it (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string,
    /** What is wrong with single fields, where the server says so. */
    readonly errors: readonly {
      readonly field?: string;
      readonly detail: string;
      /** Line and column, where the fault is in a text: 3:14. */
      readonly position?: string;
    }[] = [],
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }
}

interface Problem {
  readonly title?: unknown;
  readonly detail?: unknown;
  readonly errors?: unknown;
}

export async function problem(answer: Response): Promise<ApiError> {
  const type = answer.headers.get('content-type') ?? '';
  if (type.includes('json')) {
    const body = (await answer.json().catch(() => ({}))) as Problem;
    const title = typeof body.title === 'string' ? body.title : answer.statusText;
    return new ApiError(
      answer.status,
      title,
      typeof body.detail === 'string' ? body.detail : '',
      Array.isArray(body.errors) ? (body.errors as ApiError['errors']) : [],
    );
  }
  return new ApiError(answer.status, answer.statusText || `HTTP ${answer.status}`, '');
}
