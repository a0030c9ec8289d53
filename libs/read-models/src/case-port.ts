/** The cases of one affair that the agency handed over. */
export interface CaseRegisterRow {
  readonly affair: string;
  readonly cases: number;
  /** Business time of the latest change, UTC. */
  readonly changedAt: string;
}

/** What is read of the register of cases (案件台帳). */
export interface CaseQueries {
  /** By affair, ascending; an affair of which no case was ever handed over is not there. */
  caseRegisters(agreement: string): Promise<readonly CaseRegisterRow[]>;
  /**
   * Whether these inquiries had a case, by what the register held when each was received (or refused); one of which that
   * cannot be said is not there. At most 1,000 ids, else RangeError.
   */
  casesOfInquiries(inquiries: readonly string[]): Promise<ReadonlyMap<string, boolean>>;
}
