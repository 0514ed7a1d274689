export { CROP_CLASSES, NODATA_LABEL, NOT_CLASSIFIED, isCrop, rgbOfHex, type CropClass } from './classes';
