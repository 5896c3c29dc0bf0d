declare const unit: unique symbol;

/** A number that carries its unit in its type. The brand guards fields, arguments and returns; arithmetic loses it. */
export type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

export type Watts = Quantity<'W'>;
export type Joules = Quantity<'J'>;
export type Seconds = Quantity<'s'>;
export type KilowattHours = Quantity<'kWh'>;
export type Usd = Quantity<'USD'>;
export type UsdPerKilowattHour = Quantity<'USD/kWh'>;
export type UsdPerGpuHour = Quantity<'USD/GPU-h'>;
export type UsdPerMillionTokens = Quantity<'USD/Mtok'>;
export type Tokens = Quantity<'token'>;

function maker<Unit extends string>(): (value: number) => Quantity<Unit> {
  return (value) => value as Quantity<Unit>;
}

export const watts = maker<'W'>();
export const joules = maker<'J'>();
export const seconds = maker<'s'>();
export const kilowattHours = maker<'kWh'>();
export const usd = maker<'USD'>();
export const usdPerKilowattHour = maker<'USD/kWh'>();
export const usdPerGpuHour = maker<'USD/GPU-h'>();
export const usdPerMillionTokens = maker<'USD/Mtok'>();
export const tokens = maker<'token'>();
