import { Button, Text, View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useTranslation } from 'react-i18next';
import { LongField } from '../../components/fields';
import { Problem, Row, Tag } from '../../components/parts';
import { Screen } from '../../components/screen';
import { HELP_TONES } from '../../components/tones';
import { language } from '../../i18n';
import { api } from '../../state/session';
import { moment } from '../../state/times';
import { useData } from '../../state/use-data';
import { useForm } from '../../state/use-form';

/** One question with what was written about it. */
export default function Question() {
  const { t } = useTranslation();
  const { id = '' } = useRouter().params;
  const thread = useData(() => api.getMyQuestion({ params: { id } }), id);
  const form = useForm({ text: '' });
  const found = thread.value;
  const add = async () => {
    if (!(await form.send(({ text }) => api.addToQuestion({ params: { id }, body: { text } })))) return;
    form.set('text', '');
    thread.reload();
  };
  return (
    <Screen title={found?.title ?? t('svc.home.tiles.help')} testId="question-page">
      <Problem error={thread.error} onRetry={thread.reload} />
      {found ? (
        <View className="card">
          <Tag tone={HELP_TONES[found.state]} text={t(`svc.help.states.${found.state}`)} />
          <Row label={t('svc.help.unit')} value={found.unitName} />
        </View>
      ) : null}
      {found?.posts.map((post) => (
        <View key={post.id} className={post.role === 'family' ? 'post post-own' : 'post'} data-testid={`post-${post.role}`}>
          <Text className="card-note">
            {post.role === 'family' ? t('svc.help.me') : post.name} · {moment(post.at, language())}
          </Text>
          <Text className="card-text">{post.text}</Text>
        </View>
      ))}
      {found && found.state !== 'closed' ? (
        <View className="form">
          <LongField
            name="text"
            label={t('svc.help.again')}
            most={1000}
            value={form.values.text}
            onChange={(text) => form.set('text', text)}
            wrong={form.wrong('text')}
          />
          <Problem error={form.problem} />
          <Button className="primary" disabled={form.busy || !form.values.text.trim()} data-testid="submit" onClick={() => void add()}>
            {form.busy ? t('svc.sending') : t('svc.help.send')}
          </Button>
        </View>
      ) : null}
    </Screen>
  );
}
