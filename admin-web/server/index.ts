import { QinqiaoError } from '@qinqiao/contracts';
import { metrics } from '@qinqiao/server-kit';
import express, { type Express } from 'express';
import { accountRoutes } from './account-routes.ts';
import { audioIntakeRoutes } from './audio-intake-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { apiDocs } from './api-docs.ts';
import { allowlistRoutes, numberRoutes } from './allowlist-routes.ts';
import { appointmentRoutes } from './appointment-routes.ts';
import { approvalCaseRoutes } from './approval-case-routes.ts';
import { approvalFlowRoutes } from './approval-flow-routes.ts';
import { bookingRulesRoutes } from './booking-rules-routes.ts';
import { callRecordRoutes } from './call-record-routes.ts';
import { callRoutes } from './call-routes.ts';
import { cardRoutes } from './card-routes.ts';
import { keepSignedBody } from './client-access.ts';
import { clientRoutes } from './client-routes.ts';
import type { ServerDeps } from './context.ts';
import { evidenceRoutes } from './evidence-routes.ts';
import { faceCheckRoutes } from './face-check-routes.ts';
import { faceRoutes } from './face-routes.ts';
import { helpRoutes, messageRoutes } from './help-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { ICON, LANDING_PAGE } from './landing.ts';
import { noticeRoutes } from './notice-routes.ts';
import { organisationRoutes } from './organisation-routes.ts';
import { paperRoutes } from './paper-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { pictureWarningRoutes } from './picture-warning-routes.ts';
import { wordAlertRoutes } from './word-alert-routes.ts';
import { relisteningRoutes } from './relistening-routes.ts';
import { recordingFiles, recordingRoutes } from './recording-routes.ts';
import { retentionRoutes } from './retention-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { registrationRoutes } from './registration-routes.ts';
import { errorHandler, restRouter } from './router.ts';
import { securityRoutes } from './security-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { speechRoutes } from './speech-routes.ts';
import { tabletRoutes } from './tablet-routes.ts';
import { taskRoutes } from './task-routes.ts';
import { auditRefusals, traceRequests } from './trace.ts';
import { toolRoutes } from './tool-routes.ts';
import { transcriptRoutes } from './transcript-routes.ts';
import { transferRoutes } from './transfer-routes.ts';
import { webApps } from './web-apps.ts';
import { venueRoutes } from './venue-routes.ts';
import { wordRoutes } from './word-routes.ts';
import { wordStatisticsRoutes } from './word-statistics-routes.ts';

export type { ServerDeps };

/** The web server: what a request passes through, in order. */
export function createApp(deps: ServerDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  // Answers are not kept by anybody, so that nobody asks whether they are still the same.
  app.disable('etag');
  app.set('trust proxy', 'loopback');
  app.get('/healthz', async (_request, response) => {
    const parts = await deps.health();
    const ready = Object.values(parts).every(Boolean);
    response.status(ready ? 200 : 503).json({ ready, parts });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.metrics());
  });
  app.use(webApps(deps.apps));
  app.use(apiDocs());
  app.get('/', (_request, response) => {
    response.type('html').send(LANDING_PAGE);
  });
  app.get('/favicon.ico', (_request, response) => {
    response.type('image/svg+xml').set('cache-control', 'public, max-age=86400').send(ICON);
  });
  app.use(recordingFiles(deps));
  app.use(express.json({ limit: '256kb', verify: keepSignedBody }));
  app.use(traceRequests);
  app.use(
    restRouter(
      {
        ...identityRoutes(deps),
        ...accountRoutes(deps),
        ...organisationRoutes(deps),
        ...peopleRoutes(deps),
        ...transferRoutes(deps),
        ...securityRoutes(deps),
        ...speechRoutes(deps),
        ...callRoutes(deps),
        ...callRecordRoutes(deps),
        ...recordingRoutes(deps),
        ...evidenceRoutes(deps),
        ...retentionRoutes(deps),
        ...relisteningRoutes(deps),
        ...transcriptRoutes(deps),
        ...audioIntakeRoutes(deps),
        ...wordRoutes(deps),
        ...wordStatisticsRoutes(deps),
        ...approvalFlowRoutes(deps),
        ...approvalCaseRoutes(deps),
        ...settingsRoutes(deps),
        ...auditRoutes(deps),
        ...taskRoutes(deps),
        ...toolRoutes(deps),
        ...cardRoutes(deps),
        ...clientRoutes(deps),
        ...registrationRoutes(deps),
        ...paperRoutes(deps),
        ...allowlistRoutes(deps),
        ...numberRoutes(deps),
        ...helpRoutes(deps),
        ...messageRoutes(deps),
        ...noticeRoutes(deps),
        ...pictureWarningRoutes(deps),
        ...wordAlertRoutes(deps),
        ...venueRoutes(deps),
        ...appointmentRoutes(deps),
        ...bookingRulesRoutes(deps),
        ...deviceRoutes(deps),
        ...tabletRoutes(deps),
        ...faceCheckRoutes(deps),
        ...faceRoutes(deps),
      },
      deps,
    ),
  );
  app.use((_request, _response, next) => next(new QinqiaoError('not_found')));
  app.use(auditRefusals(deps));
  app.use(errorHandler(deps));
  return app;
}
