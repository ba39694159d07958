import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { ErrorView } from '../components/error-view.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { PlayerView } from './player-view.tsx';
import { readQueue } from './queue.ts';
import { useConversation } from './use-conversation.ts';
import '../live/live.css';
import '../finished/detail.css';
import './player.css';

/** One conversation, listened to again. */
export function PlayerPage() {
  const id = useParams()['id'] ?? '';
  const [queue] = useState(readQueue);
  const conversation = useConversation(id);
  const { detail } = conversation;
  if (detail.isPending) return <PageLoading />;
  if (!detail.data) return <ErrorView error={detail.error} onRetry={() => void detail.refetch()} />;
  return <PlayerView key={id} id={id} detail={detail.data} queue={queue} put={conversation.put} again={conversation.again} />;
}
