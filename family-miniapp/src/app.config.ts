export default defineAppConfig({
  pages: ['pages/login/index', 'pages/calls/index', 'pages/call/index'],
  // A page that slides in can be tapped where its buttons are not yet.
  animation: false,
  window: {
    navigationBarTitleText: '亲情会见',
    navigationBarBackgroundColor: '#1f5fa8',
    navigationBarTextStyle: 'white',
    navigationStyle: 'custom',
  },
});
