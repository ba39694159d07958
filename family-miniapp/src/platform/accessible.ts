/** WeChat's own buttons and inputs are what screen readers know. */
export {};
