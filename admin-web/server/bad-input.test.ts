import { testBadInput } from './bad-input-suite.ts';

testBadInput('sqlite');
