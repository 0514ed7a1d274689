/** The series worker of the site, watched. */
import './platform-watch.ts';
import '../../workers/series.worker';
