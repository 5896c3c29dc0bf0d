import { Component, type ReactNode } from 'react';
import styles from './Answer.module.css';
import { Icon } from './Icon.tsx';

type ErrorBoundaryProps = { readonly children: ReactNode };
type ErrorBoundaryState = { readonly error: Error | null };

/** Keeps a fault of one page from taking the window with it. A class, because only a class can catch while rendering. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className={styles['failed']} role="alert">
        <Icon name="bad" />
        <div>
          <strong>This page stopped because of a fault in Tokenwatt.</strong>
          <p>{this.state.error.message}</p>
          <p>Other pages still work, and nothing that was measured is lost.</p>
          <button type="button" className={styles['retry']} onClick={() => this.setState({ error: null })}>
            Show the page again
          </button>
        </div>
      </div>
    );
  }
}
