export { CallView } from './call-view.h5';
