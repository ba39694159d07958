export const maskingZh = {
  starting: '正在准备背景遮挡',
  masked: '背景已遮挡',
  black: '画面已遮断',
  blackFor: '画面已遮断：{{fault}}',
  rate: '{{rate}} 帧/秒',
};

export const maskingEn: typeof maskingZh = {
  starting: 'Preparing the mask',
  masked: 'Background masked',
  black: 'Picture black',
  blackFor: 'Picture black: {{fault}}',
  rate: '{{rate}} frames/s',
};
