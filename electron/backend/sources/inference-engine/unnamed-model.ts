const UNNAMED = 'unnamed model at ';

/** What stands for the model of an engine whose series name none: engines at two addresses may serve two models. */
export function unnamedModel(address: string): string {
  return UNNAMED + address;
}

export function isUnnamedModel(model: string): boolean {
  return model.startsWith(UNNAMED);
}
