export type AuditTables = {
  /** One row: the end of the chain. Who holds its lock may append; it also tells when the last records were taken away. */
  audit_head: { id: number; seq: number; hash: string };
  audit: {
    seq: number;
    at: string;
    actor_role: string;
    actor_id: string;
    actor_name: string;
    action: string;
    subject_kind: string;
    subject_id: string;
    /** JSON. */
    detail: string;
    previous_hash: string;
    hash: string;
    /** How the hash was made: 1 covers all columns above, 2 address and request as well. */
    format: number;
    /** Of the client that asked; null for what the system did by itself and for format 1. */
    address: string | null;
    request_id: string | null;
  };
  /**
   * Signed points of the chain: `pruned` where it begins after older records were archived, `checked` where a verification has come to.
   * A chain that was computed anew past the application does not meet them.
   */
  audit_anchors: {
    id: string;
    kind: 'pruned' | 'checked';
    seq: number;
    hash: string;
    at: string;
    /** JSON; of `pruned`: the archive. */
    detail: string;
    /** SM2 signature over all of the above. */
    signature: string;
  };
};

export type AuditRow = AuditTables['audit'];
