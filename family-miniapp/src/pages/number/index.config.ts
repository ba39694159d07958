export default definePageConfig({ navigationBarTitleText: '亲情会见' });
