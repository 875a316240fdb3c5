/// What goes wrong in the world.
///
/// It counts only where it changed what was seen, or hit a write in flight.
package enum Fault: Int, CaseIterable, Sendable {
    case death, reuse, reuseInTick, unreaped, deadLeader, exec
    case fileMissing, fileEmpty, fileGarbage, fileHalf, fileOne
    case listenerRefuses, listenerHangs, listenerResets
    case wakeLost, wakeLate, wakeDoubled
    case slowLook, hinderedLook, lostLook, clockStep
    case fileBroken, fileChanged, fileRemoved, fileRenamed, fileTwin, folderUnreadable
    case addressMoves, addressGone
    case requestLost, answerLost, lateApply, answerSplit, answerSlow, halfSent
    case outageRefusing, outageHanging, error500, error400, nonsense
    case forgetAll, operatorRemoves, lightBeatsFlip, oddInterval, upgrade, serverAway, serverSlow, serverIll
    case stall, stallBeforeWrite, kill, orderlyStop, tornState, slowSave
}
