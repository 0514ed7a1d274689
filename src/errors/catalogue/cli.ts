import type { ErrorEntry } from '../entry';

/**
 * The command line. Codes that begin with `cli/usage-` mean that the arguments are wrong, not that the work failed:
 * they end the program with their own exit code.
 */
export const CLI_ERRORS = {
  'cli/usage-no-command': {
    message: 'No command given.',
    nextStep: 'Say what to do: crop2seg {commands}.',
  },
  'cli/usage-unknown-command': {
    message: 'There is no command {name}.',
    nextStep: '{suggestion}Commands are: {commands}.',
  },
  'cli/usage-unknown-option': {
    message: 'There is no option {name} for {command}.',
    nextStep: '{suggestion}All options: crop2seg {command} --help.',
  },
  'cli/usage-unexpected-argument': {
    message: '{value} belongs to no option.',
    nextStep: 'Put values behind their option, as in --out folder; quote values that contain blanks.',
  },
  'cli/usage-missing-value': {
    message: '{name} needs a value.',
    nextStep: 'Write {name} {placeholder}.',
  },
  'cli/usage-needless-value': {
    message: '{name} takes no value.',
    nextStep: 'Write {name} alone.',
  },
  'cli/usage-missing-option': {
    message: '{command} needs {name}.',
    nextStep: 'Add {name} {placeholder}; an example is in crop2seg {command} --help.',
  },
  'cli/usage-bad-value': {
    message: '{name} {value} cannot be used: {reason}.',
    nextStep: 'Give {expected}.',
  },
  'cli/usage-conflict': {
    message: '{first} and {second} cannot be given together.',
    nextStep: 'Keep one of them.',
  },
  'cli/usage-no-area': {
    message: '{command} needs to know where.',
    nextStep: 'Give one of {ways}.',
  },
  'cli/unsuitable-raster': {
    message: '{path} cannot serve as the grid: {reason}.',
    nextStep: 'Give a north-up GeoTIFF with 10 m pixels in a UTM zone, or use --bbox.',
  },
  'cli/bad-places': {
    message: '{path}, {where}: {problem}.',
    nextStep: 'Correct it, or take it out, and run again.',
  },
  'cli/no-places': {
    message: '{path} holds no {what}.',
    nextStep:
      'Give points as CSV with the columns id, lon, lat (or x, y and --crs), or points or parcels as GeoJSON in WGS84.',
  },
  'cli/not-labels': {
    message: '{path} does not hold class codes: {reason}.',
    nextStep: 'Give a GeoTIFF with one band of class codes, such as crop-map.tif; an alpha band beside it is a mask.',
  },
  'cli/different-grids': {
    message: 'Map and labels lie on different grids: {difference}.',
    nextStep: 'Make the map on the grid of the labels with map --like labels.tif, then evaluate it.',
  },
  'cli/no-model': {
    message: 'There is no model {name}.',
    nextStep: '{suggestion}Installed models: {models}. A folder with a model.json can be given as a path.',
  },
  'cli/no-such-file': {
    message: '{path} is not there.',
    nextStep: 'Check the path; relative ones start in the folder where the command runs.',
  },
  'cli/unreadable-file': {
    message: '{path} cannot be read: {reason}.',
    nextStep: 'Check that the file is whole and that you may read it.',
  },
  'cli/unwritable-output': {
    message: '{path} cannot be written: {reason}.',
    nextStep: 'Choose another folder with --out, or make room on the disk.',
  },
  'cli/no-cache-folder': {
    message: '{path} cannot hold a cache: {reason}.',
    nextStep: 'Choose another folder with --cache, or leave it out.',
  },
  'cli/cancelled': {
    message: 'Stopped before the work was done.',
    nextStep: 'Nothing was written. Run the same command again to start over.',
  },
  'cli/unexpected': {
    message: 'Something went wrong that Crop2Seg has no name for: {reason}.',
    nextStep: 'Please report it with the whole command and the lines above.',
  },
} as const satisfies Record<string, ErrorEntry>;
